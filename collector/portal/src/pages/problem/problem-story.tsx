import { Button, Group, Paper, Textarea, Title } from '@mantine/core'
import type { ProblemView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePick } from '../../i18n/i18n.ts'
import { useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

/** The audit trail of a problem, newest first, with a place for a note. */
export function ProblemStory({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayWork } = useMe()
  const [text, setText] = useState('')
  const act = useProblemAct(problem.id, () => setText(''))
  return (
    <Paper component="section" aria-label={t('problemBook.entries')}>
      <Title order={2} mb="sm">
        {t('problemBook.entries')}
      </Title>
      {mayWork ? (
        <form
          onSubmit={event => {
            event.preventDefault()
            if (text.trim()) act.mutate({ action: 'note', text: text.trim() })
          }}
        >
          <Textarea
            aria-label={t('problemBook.note')}
            placeholder={t('problemBook.note')}
            autosize
            minRows={2}
            maxLength={4_000}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
          />
          {act.error ? <ErrorNotice thrown={act.error} /> : null}
          <Group justify="flex-end" mt="xs" mb="md">
            <Button type="submit" size="xs" variant="default" disabled={!text.trim()} loading={act.isPending}>
              {t('problemBook.noteAdd')}
            </Button>
          </Group>
        </form>
      ) : null}
      <ol className="tw-timeline">
        {problem.entries.map(entry => (
          <li key={entry.id}>
            <div className="tw-line tw-line-wrap tw-small tw-dim">
              <span>{entry.actor}</span>
              <Moment at={entry.at} />
            </div>
            <div className="tw-small tw-preline tw-wrap">{pick(entry.text)}</div>
          </li>
        ))}
      </ol>
    </Paper>
  )
}
