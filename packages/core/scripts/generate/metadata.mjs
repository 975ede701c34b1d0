/**
 * Keys of the Run Start that bluesky's RunEngine and its plans write. event-model's schema leaves them
 * to the site, so they have a type here but are not validated.
 */
export const runStartMetadata = {
  plan_name: { type: 'string', description: "The plan's name, such as `scan`; from the RunEngine" },
  plan_type: { type: 'string', description: "The plan's Python type, such as `generator`" },
  plan_args: {
    type: 'object',
    additionalProperties: true,
    description: 'What the plan was called with, as far as the plan records it',
  },
  detectors: {
    type: 'array',
    items: { type: 'string' },
    description: 'The names of the detectors that the plan read',
  },
  motors: {
    type: 'array',
    items: { type: 'string' },
    description: 'The names of the motors that the plan moved',
  },
  num_points: { type: 'integer', description: 'How many events the plan meant to take' },
  num_intervals: { type: 'integer', description: 'Intervals between those points' },
  versions: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Versions of the Python packages that made the run',
  },
}

for (const schema of Object.values(runStartMetadata)) {
  schema.description += ". bluesky's own: not in event-model's schema, and so not validated."
}
