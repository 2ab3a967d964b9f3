/** What is shown in place of the page while `out/renderer` does not exist. */
export const unbuiltPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Thingbench: the page is not built</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 15px/1.6 system-ui, sans-serif; background: light-dark(#f6f7f8, #16181b); color: light-dark(#1d2126, #e3e6ea) }
  main { max-width: 34rem; padding: 2rem }
  h1 { font-size: 1.25rem; margin: 0 0 .75rem }
  p { margin: .75rem 0 }
  code { font: 13px ui-monospace, monospace; padding: .15rem .4rem; border: 1px solid light-dark(#d5d9de, #353a41); border-radius: 4px }
  [lang=zh] { color: light-dark(#5b636d, #9aa3ad) }
</style>
</head>
<body>
<main>
  <h1>The page is not built yet</h1>
  <p>The engine is running; devices and the command line can use it. To build the page, run <code>npm run build</code> in the project folder and load this address again.</p>
  <p lang="zh">引擎已在运行，设备和命令行均可使用；但界面尚未构建。请在项目目录运行 <code>npm run build</code>，然后刷新本页。</p>
</main>
</body>
</html>
`
