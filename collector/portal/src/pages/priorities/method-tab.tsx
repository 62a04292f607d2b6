import { Button, Paper, Text, Title } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import type { IncidentRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { usePick } from '../../i18n/i18n.ts'
import { usePriorityMethod } from '../../queries.ts'
import { PriorityBadge } from '../../widgets/badges.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

const PRIORITIES: readonly IncidentRow['priority'][] = [1, 2, 3, 4]

/** The method as a client may read it. */
export function MethodTab() {
  const { t } = useTranslation()
  const pick = usePick()
  const method = usePriorityMethod()
  if (method.error) return <ErrorNotice thrown={method.error} onRetry={() => void method.refetch()} />
  if (!method.data) return <ListSkeleton rows={6} />
  return (
    <>
      <Paper component="section" aria-label={t('priorities.levels')}>
        <Title order={2} mb="sm">
          {t('priorities.levels')}
        </Title>
        <ul className="tw-list">
          {method.data.levels.map(level => (
            <li key={level.priority} className="tw-line tw-line-top">
              <PriorityBadge priority={PRIORITIES.find(each => each === level.priority) ?? 4} />
              <Text className="tw-grow">{pick(level.meaning)}</Text>
            </li>
          ))}
        </ul>
      </Paper>
      {method.data.sections.map(section => (
        <Paper key={section.title.en} component="section" aria-label={pick(section.title)}>
          <Title order={2} mb="sm">
            {pick(section.title)}
          </Title>
          <ul className="tw-bullets">
            {section.lines.map(line => (
              <li key={line.en}>{pick(line)}</li>
            ))}
          </ul>
        </Paper>
      ))}
      <div>
        <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          {t('priorities.print')}
        </Button>
      </div>
    </>
  )
}
