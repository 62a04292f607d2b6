/** Files of an incident. */
export const enEvidence = {
  evidence: {
    title: 'Attachments',
    none: 'The chart and the log appear here once they are gathered.',
    chart: 'Chart of the metric',
    log: 'Log of what happened',
    size: '{{kb}} kB',
  },
} as const
