/** The look of rendered notebooks, light and dark. */
export const notebookStyle = `
:root{color-scheme:light dark;--line:#d5dae0;--soft:#f5f7f9;--text:#1b2430;--dim:#566273;--bad:#a4161a;--bad-soft:#fdf0f0}
@media (prefers-color-scheme:dark){:root{--line:#333d4a;--soft:#1c232d;--text:#e5e9ee;--dim:#a3afbd;--bad:#ff9a9a;--bad-soft:#331c20}}
body{margin:0;background:Canvas;color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:60rem;padding:1rem;margin:0 auto}
section{margin:0 0 1.25rem}
h2,h3,h4{margin:1em 0 .4em;line-height:1.25}
.markdown p,.message{white-space:pre-wrap}
.label{color:var(--dim);font:12px/1.6 ui-monospace,monospace}
.label strong{color:var(--bad)}
pre{margin:0;padding:.6rem .8rem;overflow:auto;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
.source{background:var(--soft);border:1px solid var(--line);border-radius:6px}
.failed .source{border-color:var(--bad)}
.output{white-space:pre-wrap;overflow-wrap:anywhere;max-height:36em}
.error{background:var(--bad-soft);color:var(--bad);border-radius:6px;margin-top:.4rem}
img{max-width:100%;height:auto;background:#fff;border-radius:4px;margin:.5rem 0}
iframe{width:100%;border:1px solid var(--line);border-radius:6px;margin:.5rem 0;resize:vertical;overflow:auto}
table{border-collapse:collapse;font-size:13px}td,th{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right}
:focus-visible{outline:2px solid Highlight}
`
