/** What the parts of documents are for, where event-model's schema says nothing. */
export const descriptions = {
  CalculatedEventProjection: 'A field of a projection that is calculated from events',
  Calculation: 'How a field of a projection is calculated',
  ConfigurationProjection: "A field of a projection that is taken from a device's configuration",
  LinkedEventProjection: 'A field of a projection that is taken from events',
  StaticProjection: 'A field of a projection whose value is given here',
  Configuration: 'What a device was set to when its stream began, in the shape of an event',
  Dtype: 'What kind of value a data key has, as broadly as JSON tells them apart',
  LimitsRange: 'The lowest and the highest value of a range; null where it is open',
}

/** The same for keys of documents and of their parts, as `Type.key`. */
export const keyDescriptions = {
  'RunStart.data_type': 'What kind of data the run has, where the site says so',
  'RunStart.hints': 'What is worth plotting: the independent axes of the run',
  'RunStart.projections': 'How to read the run as something else, such as a NeXus file',
  'EventDescriptor.hints': 'What of each device is worth plotting, by the name of the device',
  'CalculatedEventProjection.field': 'The data key whose values are calculated with',
  'CalculatedEventProjection.stream': 'The name of the stream that the events are of',
  'Calculation.args': 'What the callable is called with, in order',
  'ConfigurationProjection.config_device': 'The name of the device',
  'ConfigurationProjection.config_index': 'Which of the descriptors of the stream is meant, from 0',
  'ConfigurationProjection.field': "The key of the device's configuration",
  'ConfigurationProjection.stream': 'The name of the stream that the descriptor is of',
  'LinkedEventProjection.field': 'The data key whose values are taken',
  'LinkedEventProjection.stream': 'The name of the stream that the events are of',
  'Projections.projection':
    'Each field of the projection, by its name there, and where it comes from',
  'LimitsRange.high': 'The highest value; null for none',
  'LimitsRange.low': 'The lowest value; null for none',
}
