import type { Incident } from '@tillwatch/collector/incidents/incident'
import { raisedIncident } from '@tillwatch/collector/incidents/new-incident'

/** An open incident with nothing special about it, for tests of deliveries. */
export const deskIncident = (id: string, number: number, now: number): Incident => ({
  ...raisedIncident(
    {
      tenantId: 'main',
      dedupKey: `main|register:main:${id}|ofd`,
      itemId: `register:main:${id}`,
      agentId: 'a1',
      subject: `register:main:${id}`,
      causeClass: 'ofd',
      priority: 3,
      priorityReason: { ru: 'очередь', en: 'queue' },
      title: { ru: 'Очередь стоит', en: 'The queue stands' },
      explanation: { ru: 'С четверга', en: 'Since Thursday' },
      expected: { ru: 'Очередь пуста', en: 'The queue is empty' },
      component: { ru: 'ОФД', en: 'OFD' },
      runbook: 'docs/runbooks/ofd.md',
      onsetAt: now,
    },
    null,
    number,
    now,
  ),
  id,
  deskKey: `tw-${id}`,
})
