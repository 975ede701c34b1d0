/** An action that does nothing, for a job each. */
// an action module has its action as its default export
// eslint-disable-next-line import-x/no-default-export
export default { name: 'note', run: async () => ({ state: 'succeeded' }) }
