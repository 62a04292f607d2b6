import { Button, Group, Paper, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import type { ProblemSignature, ProblemView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemAct } from '../../problem-queries.ts'
import { useDirectory } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { SignatureEditor } from './signature-editor.tsx'
import { SignatureWords } from './signature-words.tsx'

const TEXTS = ['rootCause', 'workaround', 'clientHint', 'steps'] as const
const TEXT_LENGTH_MAX = 4_000

function Shown({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm">
      {TEXTS.map(key => (
        <div key={key}>
          <Title order={3} mb={2}>
            {t(`problemBook.${key}`)}
          </Title>
          <Text className="tw-preline tw-wrap" {...(problem[key] ? {} : { c: 'dimmed' })}>
            {problem[key] || t('problemBook.notWritten')}
          </Text>
        </div>
      ))}
      <div>
        <Title order={3} mb={2}>
          {t('problemBook.signature')}
        </Title>
        <SignatureWords signature={problem.signature} />
      </div>
    </Stack>
  )
}

interface Draft {
  readonly title: string
  readonly rootCause: string
  readonly workaround: string
  readonly clientHint: string
  readonly steps: string
  readonly runbook: string
  readonly clientCode: string
  readonly signature: ProblemSignature | null
}

function useDraft(problem: ProblemView, title: string) {
  const { rootCause, workaround, clientHint, steps, signature } = problem
  const [draft, setDraft] = useState<Draft>({
    ...{ title, rootCause, workaround, clientHint, steps, signature },
    runbook: problem.runbook ?? '',
    clientCode: problem.clientCode ?? '',
  })
  return { draft, set: (change: Partial<Draft>) => setDraft(before => ({ ...before, ...change })) }
}

interface EditorProps {
  readonly problem: ProblemView
  readonly title: string
  readonly onClose: () => void
}

function Editor({ problem, title, onClose }: EditorProps) {
  const { t } = useTranslation()
  const { draft, set } = useDraft(problem, title)
  const directory = useDirectory()
  const act = useProblemAct(problem.id, onClose)
  const hints = { workaround: t('problemBook.workaroundHint'), clientHint: t('problemBook.clientHintHint') }
  // A title that was made in both languages stays so unless it is typed anew.
  const retitled = draft.title.trim() !== title && draft.title.trim() !== ''
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        const { title: name, runbook, clientCode, ...rest } = draft
        act.mutate({
          ...{ action: 'edit', ...rest, runbook: runbook.trim() || null, clientCode: clientCode || null },
          ...(retitled ? { title: name.trim() } : {}),
        })
      }}
    >
      <Stack gap="sm">
        <TextInput
          required
          maxLength={200}
          label={t('problemBook.name')}
          value={draft.title}
          onChange={event => set({ title: event.currentTarget.value })}
        />
        {TEXTS.map(key => (
          <Textarea
            key={key}
            autosize
            minRows={2}
            maxRows={12}
            maxLength={TEXT_LENGTH_MAX}
            label={t(`problemBook.${key}`)}
            description={key === 'workaround' || key === 'clientHint' ? hints[key] : null}
            value={draft[key]}
            onChange={event => set({ [key]: event.currentTarget.value })}
          />
        ))}
        <Group grow align="flex-start">
          <Select
            searchable
            label={t('problemBook.client')}
            value={draft.clientCode}
            allowDeselect={false}
            onChange={value => set({ clientCode: value ?? '' })}
            data={[
              { value: '', label: t('problemBook.clientAny') },
              ...(directory.data?.directory.clients ?? []).map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
          <TextInput
            label={t('problemBook.runbook')}
            placeholder={t('problemBook.runbookHint')}
            pattern="[a-z][a-z_.]*"
            maxLength={64}
            value={draft.runbook}
            onChange={event => set({ runbook: event.currentTarget.value })}
          />
        </Group>
        <SignatureEditor signature={draft.signature} onChange={signature => set({ signature })} />
        {act.error ? <ErrorNotice thrown={act.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {t('problemBook.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What is known about a problem, to read or to write. */
export function ProblemFacts({ problem, title }: { problem: ProblemView; title: string }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const [editing, setEditing] = useState(false)
  return (
    <Paper component="section" aria-label={t('problemBook.facts')}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('problemBook.facts')}</Title>
        {mayWork && !editing ? (
          <Button size="xs" variant="default" onClick={() => setEditing(true)}>
            {t('problemBook.edit')}
          </Button>
        ) : null}
      </Group>
      {editing ? (
        <Editor problem={problem} title={title} onClose={() => setEditing(false)} />
      ) : (
        <Shown problem={problem} />
      )}
    </Paper>
  )
}
