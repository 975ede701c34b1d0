/** An action that does nothing, for a job each. */
export default { name: 'note', run: async () => ({ state: 'succeeded' }) }
