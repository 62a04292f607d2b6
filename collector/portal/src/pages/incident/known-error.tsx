import { Text } from '@mantine/core'
import type { IncidentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { Runbook } from './runbook.tsx'

/** The known error that an incident fits: what helps, before everything else. */
export function KnownError({ incident: { knownError } }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const pick = usePick()
  if (!knownError) return null
  const title = t('incidentKnowledge.knownError', { number: knownError.number })
  return (
    <section className="tw-note" data-tone="green" aria-label={title}>
      <Text fz="sm" c="dimmed">
        {title}
      </Text>
      <Text fw={600} fz="lg">
        <Link href={`/problems/${encodeURIComponent(knownError.problemId)}`}>{pick(knownError.title)}</Link>
      </Text>
      <Text fz="sm" fw={500} mt="xs">
        {t('incidentKnowledge.workaround')}
      </Text>
      <Text className="tw-preline tw-wrap">{knownError.workaround}</Text>
      {knownError.clientHint ? (
        <>
          <Text fz="sm" fw={500} mt="xs">
            {t('incidentKnowledge.hint')}
          </Text>
          <Text className="tw-preline tw-wrap">{knownError.clientHint}</Text>
        </>
      ) : null}
      <Text fz="sm" c="dimmed" mt="xs" className="tw-preline tw-wrap">
        {t('incidentKnowledge.cause')}: {knownError.rootCause}
      </Text>
      {knownError.runbook ? <Runbook path={knownError.runbook} /> : null}
    </section>
  )
}
