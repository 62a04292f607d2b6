import { Button, Group, Paper, Select, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import type { ProblemView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { MeasureRow } from '../problems/measure-list.tsx'

function NewMeasure({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const { me } = useMe()
  const [text, setText] = useState('')
  const [owner, setOwner] = useState(me.name)
  const [dueOn, setDueOn] = useState('')
  const [incidentId, setIncidentId] = useState('')
  const act = useProblemAct(problem.id, () => setText(''))
  // A review asks for measures only once its form is open.
  const reviews = problem.reviews.filter(review => review.unlocked)
  const ready = text.trim() !== '' && owner.trim() !== '' && dueOn !== ''
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (!ready) return
        const asked = incidentId === '' ? {} : { incidentId }
        act.mutate({ action: 'add_measure', text: text.trim(), owner: owner.trim(), dueOn, ...asked })
      }}
    >
      <Stack gap="xs" mt="sm">
        <Textarea
          autosize
          minRows={1}
          maxLength={4_000}
          label={t('problemBook.measureText')}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        <SimpleGrid cols={{ base: 1, xs: reviews.length > 0 ? 3 : 2 }} spacing="xs">
          <TextInput
            label={t('problemBook.measureOwner')}
            maxLength={64}
            value={owner}
            onChange={event => setOwner(event.currentTarget.value)}
          />
          {reviews.length > 0 ? (
            <Select
              label={t('problemBook.measureFor')}
              value={incidentId}
              allowDeselect={false}
              onChange={value => setIncidentId(value ?? '')}
              data={[
                { value: '', label: t('problemBook.measureForProblem') },
                ...reviews.map(review => ({ value: review.incidentId, label: `№ ${review.incidentNumber}` })),
              ]}
            />
          ) : null}
          <TextInput
            type="date"
            label={t('problemBook.measureDue')}
            value={dueOn}
            onChange={event => setDueOn(event.currentTarget.value)}
          />
        </SimpleGrid>
        {act.error ? <ErrorNotice thrown={act.error} /> : null}
        <Group justify="flex-end">
          <Button type="submit" size="xs" variant="default" disabled={!ready} loading={act.isPending}>
            {t('problemBook.measureAdd')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Who does what by which day so that a problem does not return. */
export function ProblemMeasures({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  return (
    <Paper component="section" aria-label={t('problemBook.measures')}>
      <Title order={2} mb={4}>
        {t('problemBook.measures')}
      </Title>
      {problem.measures.length === 0 ? <Text c="dimmed">{t('problemBook.measuresEmpty')}</Text> : null}
      <ul className="tw-list">
        {problem.measures.map(measure => (
          <MeasureRow key={measure.id} measure={measure} />
        ))}
      </ul>
      {mayWork ? <NewMeasure problem={problem} /> : null}
    </Paper>
  )
}
