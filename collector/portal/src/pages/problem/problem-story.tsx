import { Paper, Title } from '@mantine/core'
import type { ProblemView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { actorName } from '../../actor-name.ts'
import { usePick } from '../../i18n/i18n.ts'
import { useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { NoteForm } from '../../widgets/note-form.tsx'

/** The audit trail of a problem, newest first, with a place for a note. */
export function ProblemStory({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayWork } = useMe()
  const act = useProblemAct(problem.id)
  return (
    <Paper component="section" aria-label={t('problemBook.entries')}>
      <Title order={2} mb="sm">
        {t('problemBook.entries')}
      </Title>
      {mayWork ? (
        <NoteForm
          label={t('problemBook.note')}
          placeholder={t('problemBook.note')}
          submit={t('problemBook.noteAdd')}
          onSend={text => act.mutateAsync({ action: 'note', text })}
          sending={act.isPending}
          error={act.error}
        />
      ) : null}
      <ol className="tw-timeline">
        {problem.entries.map(entry => (
          <li key={entry.id}>
            <div className="tw-line tw-line-wrap tw-small tw-dim">
              <span>{actorName(entry.actor)}</span>
              <Moment at={entry.at} />
            </div>
            <div className="tw-small tw-preline tw-wrap">{pick(entry.text)}</div>
          </li>
        ))}
      </ol>
    </Paper>
  )
}
