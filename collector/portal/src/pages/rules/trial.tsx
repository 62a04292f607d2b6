import { Button, Group, NumberInput, Paper, Progress, Select, Text, Textarea, Title } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useNow } from '../../now.ts'
import { placeChoices } from '../../place-choices.ts'
import { useBacktest, useDirectory } from '../../queries.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { TrialReport } from './trial-report.tsx'

const DAY_MS = 86_400_000
const DAYS_MAX = 400
/** YAML is the same in every language. */
const EXAMPLE = 'overrides:\n  ofd.queue_age:\n    levels:\n      important: { set: value >= 48 }'

/** Places offered at a time; the rest comes with typing. */
const CHOICES_SHOWN = 50

function Outcome({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const trial = useBacktest(id)
  const view = trial.data
  if (trial.error) return <ErrorNotice thrown={trial.error} onRetry={() => void trial.refetch()} />
  if (!view) return <Progress value={0} animated aria-label={t('rules.trial.title')} />
  if (view.state === 'failed') {
    return (
      <div className="tw-note" data-tone="red" role="alert">
        <Text fw={500}>{t('rules.trial.failed')}</Text>
        <Text fz="sm" className="tw-wrap">
          {view.problem}
        </Text>
      </div>
    )
  }
  if (view.report) return <TrialReport report={view.report} />
  return (
    <div role="status">
      <Text fz="sm">{t('rules.trial.progress', { done: view.done, items: view.items })}</Text>
      <Progress value={view.items === 0 ? 0 : (100 * view.done) / view.items} aria-label={t('rules.trial.title')} />
    </div>
  )
}

/** A form for changed thresholds, and what they would have done. */
export function Trial() {
  const { t } = useTranslation()
  const now = useNow()
  const [override, setOverride] = useState('')
  const [days, setDays] = useState(30)
  const [client, setClient] = useState('')
  const [site, setSite] = useState('')
  const directory = useDirectory().data?.directory
  const start = useMutation({
    mutationFn: () =>
      api.startBacktest({
        override,
        from: new Date(now - days * DAY_MS).toISOString(),
        ...(client ? { client } : {}),
        ...(site ? { site } : {}),
      }),
  })
  return (
    <Paper component="section" aria-label={t('rules.trial.title')}>
      <Title order={2}>{t('rules.trial.title')}</Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t('rules.trial.text')}
      </Text>
      <form
        onSubmit={event => {
          event.preventDefault()
          start.mutate()
        }}
      >
        <Textarea
          label={t('rules.trial.field')}
          placeholder={EXAMPLE}
          value={override}
          onChange={event => setOverride(event.currentTarget.value)}
          autosize
          minRows={4}
          maxRows={20}
          maxLength={20_000}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        <Group mt="sm" gap="sm" align="flex-end">
          <NumberInput
            hideControls
            label={t('rules.trial.days')}
            value={days}
            onChange={value => setDays(Math.min(Math.max(Number(value) || 1, 1), DAYS_MAX))}
            min={1}
            max={DAYS_MAX}
            w={140}
          />
          <Select
            label={t('rules.trial.client')}
            placeholder={t('rules.trial.any')}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            limit={CHOICES_SHOWN}
            value={client || null}
            onChange={value => setClient(value ?? '')}
            data={placeChoices(directory?.clients)}
            w={220}
          />
          <Select
            label={t('rules.trial.site')}
            placeholder={t('rules.trial.any')}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            limit={CHOICES_SHOWN}
            value={site || null}
            onChange={value => setSite(value ?? '')}
            data={placeChoices(directory?.sites)}
            w={220}
          />
          <Button
            type="submit"
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            disabled={override.trim() === ''}
            loading={start.isPending}
          >
            {t('rules.trial.run')}
          </Button>
        </Group>
      </form>
      <div className="tw-note-after">
        {start.error ? <ErrorNotice thrown={start.error} /> : null}
        {start.data ? <Outcome id={start.data.id} /> : null}
      </div>
    </Paper>
  )
}
