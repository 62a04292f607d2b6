/** Files of an incident. */
export const ruEvidence = {
  evidence: {
    title: 'Вложения',
    none: 'График и журнал появятся здесь, когда будут собраны.',
    chart: 'График показателя',
    log: 'Журнал событий',
    size: '{{kb}} КБ',
  },
} as const
