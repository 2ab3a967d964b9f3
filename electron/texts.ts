/** The languages of the shell's own words; the page has its own. */
export type ShellLocale = 'en' | 'zh'

/** The shell's language for a locale of the system: `zh-CN` is Chinese, everything unknown English. */
export function toShellLocale(locale: unknown): ShellLocale {
  return typeof locale === 'string' && /^zh(?:$|-)/i.test(locale) ? 'zh' : 'en'
}

const en = {
  menu: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    go: 'Go',
    window: 'Window',
    help: 'Help',
    openWorkspace: 'Open Workspace Folder',
    openLogs: 'Open Log Folder',
    close: 'Close Window',
    quit: 'Quit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    home: 'Home',
    fleets: 'Fleets',
    products: 'Products',
    devices: 'Devices',
    trace: 'Trace',
    settings: 'Settings',
    reload: 'Reload',
    actualSize: 'Actual Size',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    fullScreen: 'Full Screen',
    developerTools: 'Developer Tools',
    minimize: 'Minimize',
    shortcuts: 'Keyboard Shortcuts',
    about: 'About Thingbench',
  },
  button: {
    retry: 'Try Again',
    reload: 'Reload',
    openLogs: 'Open Log Folder',
    openInBrowser: 'Open in Browser',
    quit: 'Quit',
  },
  problem: {
    cannotStart: 'Thingbench cannot open its workspace.',
    locked: 'This workspace is already open.',
    crashes: 'The engine keeps stopping.',
    crashesDetail: (count: number, minutes: number, code: number) => `It ended ${count} times within ${minutes} minutes, last with code ${code}. Nothing that was acknowledged is lost. The log says more.`,
    pageDied: 'The page stopped working.',
    pageDiedDetail: (reason: string) => `Its process ended (${reason}). The engine and the devices run on.`,
  },
}

const zh: typeof en = {
  menu: {
    file: '文件',
    edit: '编辑',
    view: '视图',
    go: '前往',
    window: '窗口',
    help: '帮助',
    openWorkspace: '打开工作区文件夹',
    openLogs: '打开日志文件夹',
    close: '关闭窗口',
    quit: '退出',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    home: '首页',
    fleets: '设备群',
    products: '产品',
    devices: '设备',
    trace: '消息轨迹',
    settings: '设置',
    reload: '重新加载',
    actualSize: '实际大小',
    zoomIn: '放大',
    zoomOut: '缩小',
    fullScreen: '全屏',
    developerTools: '开发者工具',
    minimize: '最小化',
    shortcuts: '键盘快捷键',
    about: '关于 Thingbench',
  },
  button: {
    retry: '重试',
    reload: '重新加载',
    openLogs: '打开日志文件夹',
    openInBrowser: '在浏览器中打开',
    quit: '退出',
  },
  problem: {
    cannotStart: 'Thingbench 无法打开工作区。',
    locked: '该工作区已被打开。',
    crashes: '引擎反复停止。',
    crashesDetail: (count, minutes, code) => `${minutes} 分钟内停止了 ${count} 次，最后一次退出码为 ${code}。已确认的消息不会丢失，详情见日志。`,
    pageDied: '界面已停止工作。',
    pageDiedDetail: reason => `界面进程已结束（${reason}）。引擎和设备仍在运行。`,
  },
}

/** Every word of the shell, by language. */
export const shellTexts: Record<ShellLocale, typeof en> = { en, zh }
