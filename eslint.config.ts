import antfu from '@antfu/eslint-config'

export default antfu(
  {
    type: 'app',
    vue: true,
    typescript: true,
    stylistic: { indent: 2, quotes: 'single', semi: false },
    markdown: false,
    ignores: [
      'out',
      'release',
      'test/fixtures',
      'docs/generated',
      'resources/**/*.json',
    ],
  },
  {
    rules: {
      'no-console': 'error',
      // Whether a short list reads better on one line is for the writer to say.
      'antfu/reasonable-newline': 'off',
      'node/prefer-global/process': 'off',
      'node/prefer-global/buffer': 'off',
      'antfu/no-top-level-await': 'off',
      'test/prefer-lowercase-title': 'off',
      // A short callback may stand on the line it belongs to.
      'style/max-statements-per-line': [
        'error',
        { max: 2 },
      ],
    },
  },
  {
    // Scripts and commands talk on standard output; everything else has a Log.
    files: ['test/**', 'src/cli/**', 'resources/examples/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // There `innerText` asks a browser for the text as it is shown, which is what a person sees.
    files: ['test/e2e/**'],
    rules: { 'unicorn/prefer-dom-node-text-content': 'off' },
  },
)
