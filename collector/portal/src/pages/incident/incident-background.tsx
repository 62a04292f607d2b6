import { Paper, Text, Title } from '@mantine/core'
import type { BilingualText, IncidentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { usePick } from '../../i18n/i18n.ts'
import { Moment } from '../../widgets/moment.tsx'

interface Told {
  readonly at: string
  readonly text: BilingualText
}

function Steps({ steps, none, timeZone }: { steps: readonly Told[]; none: string; timeZone: string | undefined }) {
  const pick = usePick()
  if (steps.length === 0)
    return (
      <Text fz="sm" c="dimmed">
        {none}
      </Text>
    )
  return (
    <ul className="tw-bullets">
      {steps.map(step => (
        <li key={`${step.at} ${step.text.en}`}>
          <Moment at={step.at} timeZone={timeZone} /> {pick(step.text)}
        </li>
      ))}
    </ul>
  )
}

/** What surrounds an incident in time: why an agent may be silent, how often it happens, what changed, what was done. */
export function IncidentBackground({ incident, timeZone }: { incident: IncidentView; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { frequency, relatedEvents, alreadyDone, silence } = incident.history
  return (
    <Paper component="section" aria-label={t('history.title')}>
      <Title order={2} mb={6}>
        {t('history.title')}
      </Title>
      {silence.length > 0 ? (
        <>
          <Title order={3} mb={4}>
            {t('history.silence')}
          </Title>
          <ul className="tw-list">
            {silence.map(guess => (
              <li key={guess.cause}>
                <Text fw={500} className="tw-sentence">
                  {pick(guess.text)}
                </Text>
                <Text fz="sm" c="dimmed">
                  {[t(`history.confidence.${guess.confidence}`), ...guess.because.map(each => pick(each))].join(' · ')}
                </Text>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <Title order={3} mt={silence.length > 0 ? 'md' : 0} mb={4}>
        {t('history.frequency')}
      </Title>
      <Text className="tw-sentence">{pick(frequency.text)}</Text>
      <Title order={3} mt="md" mb={4}>
        {t('history.related')}
      </Title>
      <Steps steps={relatedEvents} none={t('history.relatedNone')} timeZone={timeZone} />
      <Title order={3} mt="md" mb={4}>
        {t('history.done')}
      </Title>
      <Steps steps={alreadyDone} none={t('history.doneNone')} timeZone={timeZone} />
    </Paper>
  )
}
