import { ActionIcon, Button, Group, NumberInput, Paper, Text, Title } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ProblemView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { PriorityBadge, StatusBadge } from '../../widgets/badges.tsx'
import { Ago } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

/** Incidents that a problem explains, and a way to add one by its number. */
export function ProblemIncidents({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayWork } = useMe()
  const [number, setNumber] = useState<number | null>(null)
  const act = useProblemAct(problem.id, () => setNumber(null))
  return (
    <Paper component="section" aria-label={t('problemBook.linked')}>
      <Title order={2} mb={4}>
        {t('problemBook.linked')}
      </Title>
      <Text fz="sm" c="dimmed" mb="xs">
        {problem.incidents === 0
          ? t('problemBook.linkedEmpty')
          : t('problemBook.openOf', { open: problem.openIncidents, all: problem.incidents })}
      </Text>
      <ul className="tw-list">
        {problem.linked.map(incident => (
          <li key={incident.id}>
            <div className="tw-line tw-line-top">
              <PriorityBadge priority={incident.priority} short />
              <div className="tw-grow">
                <Link href={`/incidents/${encodeURIComponent(incident.id)}`} className="tw-wrap">
                  № {incident.number} {pick(incident.title)}
                </Link>
                <div className="tw-line tw-line-wrap tw-small tw-dim">
                  <StatusBadge status={incident.status} />
                  <span>{incident.site}</span>
                  <span>{t(`problemBook.how.${incident.how}`)}</span>
                  <Ago at={incident.openedAt} />
                </div>
              </div>
              {mayWork ? (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('problemBook.unlink', { number: incident.number })}
                  onClick={() => act.mutate({ action: 'unlink', incidentId: incident.id })}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {mayWork ? (
        <form
          onSubmit={event => {
            event.preventDefault()
            if (number !== null) act.mutate({ action: 'link', incidentNumber: number })
          }}
        >
          <Group gap="xs" mt="sm" align="flex-end">
            <NumberInput
              label={t('problemBook.linkNumber')}
              min={1}
              allowDecimal={false}
              hideControls
              value={number ?? ''}
              onChange={value => setNumber(typeof value === 'number' ? value : null)}
            />
            <Button type="submit" variant="default" disabled={number === null} loading={act.isPending}>
              {t('problemBook.link')}
            </Button>
          </Group>
        </form>
      ) : null}
      {act.error ? <ErrorNotice thrown={act.error} /> : null}
    </Paper>
  )
}
