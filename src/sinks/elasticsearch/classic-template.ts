/**
 * The template of the old program's `containers*`, in the words of today's Elasticsearch: refreshed every
 * 5 s, texts analysed and whole under `.raw`, and `geoip.location` for who adds it on the way.
 */
export const classicTemplate = {
  settings: { 'index.refresh_interval': '5s' },
  mappings: {
    dynamic_templates: [
      {
        strings: {
          match_mapping_type: 'string',
          mapping: {
            type: 'text',
            fields: { raw: { type: 'keyword', ignore_above: 256 } },
          },
        },
      },
    ],
    properties: {
      '@timestamp': { type: 'date' },
      geoip: { properties: { location: { type: 'geo_point' } } },
    },
  },
} as const
