/**
 * A notebook with these cells, as its file has it; the first one holds the parameters. JavaScript, since benches want it too.
 */
export function notebookOf(...sources) {
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${index}`,
    metadata: index === 0 ? { tags: ['parameters'] } : {},
    outputs: [],
    source,
  }))
  const kernelspec = { display_name: 'Python 3', language: 'python', name: 'python3' }
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 })
}
