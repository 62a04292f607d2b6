import { Button, Group, Paper, Textarea, Title } from '@mantine/core'
import type { IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { serverText } from '../../i18n/server-words.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { useAct } from './use-act.ts'

type Entry = IncidentView['timeline'][number]
type Tone = 'red' | 'green' | 'accent'

const TONES: Partial<Record<Entry['kind'], Tone>> = {
  opened: 'red',
  worsened: 'red',
  reopened: 'red',
  delivery_failed: 'red',
  escalated: 'red',
  eased: 'green',
  solved: 'green',
  closed: 'green',
  taken: 'accent',
  comment: 'accent',
  waiting: 'accent',
  priority: 'accent',
  silenced: 'accent',
  line: 'accent',
  pinned: 'accent',
  critical: 'red',
}

function Composer({ incidentId }: { incidentId: string }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const act = useAct(incidentId, () => setText(''))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (text.trim()) act.mutate({ action: 'comment', text: text.trim() })
      }}
    >
      <Textarea
        aria-label={t('incident.comment')}
        placeholder={t('incident.commentPlaceholder')}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={4_000}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      {act.error ? <ErrorNotice thrown={act.error} /> : null}
      <Group justify="flex-end" mt="xs" mb="md">
        <Button type="submit" size="xs" variant="default" disabled={!text.trim()} loading={act.isPending}>
          {t('incident.commentSend')}
        </Button>
      </Group>
    </form>
  )
}

/** Audit trail, newest first, with a place for a comment above it. */
export function Timeline({ incident, timeZone }: { incident: IncidentView; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const pick = usePick()
  const language = useLanguage()
  const { mayWork } = useMe()
  const entries = [...incident.timeline].sort((one, other) => other.at.localeCompare(one.at))
  return (
    <Paper component="section" aria-label={t('incident.timeline')}>
      <Title order={2} mb="sm">
        {t('incident.timeline')}
      </Title>
      {mayWork && incident.status !== 'closed' ? <Composer incidentId={incident.id} /> : null}
      <ol className="tw-timeline">
        {entries.map(entry => (
          <li key={entry.id} data-tone={TONES[entry.kind]}>
            <div className="tw-line tw-line-wrap tw-small">
              <b>{t(`incident.kinds.${entry.kind}`)}</b>
              <span className="tw-dim tw-wrap">{entry.actor}</span>
              <span className="tw-dim">
                <Moment at={entry.at} timeZone={timeZone} />
              </span>
            </div>
            <div className="tw-small tw-preline tw-sentence tw-wrap">
              {entry.kind === 'delivery_failed' ? serverText(pick(entry.text), language) : pick(entry.text)}
            </div>
          </li>
        ))}
      </ol>
    </Paper>
  )
}
