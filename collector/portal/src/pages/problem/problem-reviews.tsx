import { Button, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { ProblemView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

type Review = ProblemView['reviews'][number]
const TEXTS = ['summary', 'prevention'] as const

function ReviewForm({ problemId, review }: { problemId: string; review: Review }) {
  const { t } = useTranslation()
  const [texts, setTexts] = useState({ summary: review.summary, prevention: review.prevention })
  const act = useProblemAct(problemId)
  const write = (done: boolean) => act.mutate({ action: 'review', incidentId: review.incidentId, ...texts, done })
  const complete = texts.summary.trim() !== '' && texts.prevention.trim() !== ''
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        write(true)
      }}
    >
      <Stack gap="xs" mt="xs">
        {TEXTS.map(key => (
          <Textarea
            key={key}
            autosize
            minRows={2}
            maxRows={12}
            maxLength={4_000}
            label={t(`problemBook.${key}`)}
            value={texts[key]}
            onChange={event => setTexts({ ...texts, [key]: event.currentTarget.value })}
          />
        ))}
        {act.error ? <ErrorNotice thrown={act.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button size="xs" variant="default" loading={act.isPending} onClick={() => write(false)}>
            {t('problemBook.reviewSave')}
          </Button>
          <Button size="xs" type="submit" disabled={!complete} loading={act.isPending}>
            {t('problemBook.reviewDone')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Written({ review }: { review: Review }) {
  const { t } = useTranslation()
  return TEXTS.map(key => (
    <div key={key}>
      <Text fz="sm" fw={500} mt="xs">
        {t(`problemBook.${key}`)}
      </Text>
      <Text className="tw-preline tw-wrap">{review[key] || t('problemBook.notWritten')}</Text>
    </div>
  ))
}

/** Reviews of the critical and mass incidents of a problem; closed until people can work again. */
export function ProblemReviews({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayWork } = useMe()
  if (problem.reviews.length === 0) return null
  return (
    <Paper component="section" aria-label={t('problemBook.reviews')}>
      <Title order={2} mb={4}>
        {t('problemBook.reviews')}
      </Title>
      <ul className="tw-list">
        {problem.reviews.map(review => (
          <li key={review.incidentId}>
            <Text fz="sm" c="dimmed">
              {t(`problemBook.reviewOf.${review.reason}`)}
            </Text>
            <Link href={`/incidents/${encodeURIComponent(review.incidentId)}`}>
              № {review.incidentNumber} {pick(review.incidentTitle)}
            </Link>
            {review.doneAt && review.doneBy ? (
              <Text fz="sm" c="dimmed">
                {t('problemBook.reviewDoneBy', { name: review.doneBy })} · <Moment at={review.doneAt} />
              </Text>
            ) : null}
            {review.unlocked ? null : (
              <Text className="tw-line" c="dimmed" mt="xs">
                <IconLock size={16} aria-hidden /> {t('problemBook.reviewLocked')}
              </Text>
            )}
            {review.unlocked && mayWork ? (
              <ReviewForm problemId={problem.id} review={review} />
            ) : (
              <Written review={review} />
            )}
          </li>
        ))}
      </ul>
    </Paper>
  )
}
