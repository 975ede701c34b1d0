/** A notebook with these cells, as its file has it; the first one holds the parameters. */
export function notebookOf(...sources: readonly string[]): string
