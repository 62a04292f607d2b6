import { Paper, Title } from '@mantine/core'
import type { IncidentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { actorName } from '../../actor-name.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { serverText } from '../../i18n/server-words.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { NoteForm } from '../../widgets/note-form.tsx'
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
  const act = useAct(incidentId, () => undefined)
  return (
    <NoteForm
      label={t('incident.comment')}
      placeholder={t('incident.commentPlaceholder')}
      submit={t('incident.commentSend')}
      onSend={text => act.mutateAsync({ action: 'comment', text })}
      sending={act.isPending}
      error={act.error}
    />
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
              <span className="tw-dim tw-wrap">{actorName(entry.actor)}</span>
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
