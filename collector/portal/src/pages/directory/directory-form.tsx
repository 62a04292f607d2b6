import { Button, Checkbox, Drawer, Fieldset, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, type DirectoryView } from '../../api.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { type DirectoryDraft, directoryOf, draftOf, draftProblems, remarkOn } from './directory-draft.ts'
import { ClientPart, LegalPart, type PartsProps, SitePart, TerminalPart } from './directory-parts.tsx'
import { ImportPreview } from './import-preview.tsx'

export interface FormTarget {
  readonly site: string | null
  readonly terminal: string | null
  /** Opens with a new terminal at the site. */
  readonly addTerminal?: boolean
}

function Optional({
  label,
  on,
  onChange,
  children,
}: {
  label: string
  on: boolean
  onChange: (on: boolean) => void
  children: ReactNode
}) {
  return (
    <Fieldset legend={label} className="tw-optional">
      <Checkbox
        label={label}
        checked={on}
        onChange={event => onChange(event.currentTarget.checked)}
        mb={on ? 'sm' : 0}
      />
      {on ? children : null}
    </Fieldset>
  )
}

function useImport(onSaved: () => void) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ draft, dryRun }: { draft: DirectoryDraft; dryRun: boolean }) =>
      api.importDirectory(directoryOf(draft), dryRun),
    onSuccess: report => {
      if (report.dryRun || report.problems.length > 0) return
      notifications.show({ message: t('directory.saved'), color: 'green' })
      void queryClient.invalidateQueries()
      onSaved()
    },
  })
}

function startDraft(view: DirectoryView, target: FormTarget): DirectoryDraft {
  const draft = draftOf(view.directory, target.site, target.terminal)
  return target.addTerminal ? { ...draft, withTerminal: true } : draft
}

/** The draft, what is wrong with it, and the way to the server; a change after the check asks for another check. */
function useDraft(view: DirectoryView, target: FormTarget, onSaved: () => void) {
  const { t } = useTranslation()
  const language = useLanguage()
  const [draft, setDraft] = useState(() => startDraft(view, target))
  const [touched, setTouched] = useState(false)
  const send = useImport(onSaved)
  const problems = draftProblems(draft)
  const report = send.data
  const change = (next: DirectoryDraft) => {
    setDraft(next)
    if (send.data || send.error) send.reset()
  }
  const parts: PartsProps = {
    draft,
    view,
    set: (part, values) => change({ ...draft, [part]: { ...draft[part], ...values } }),
    errorOf: field => {
      const problem = touched ? problems.get(field) : undefined
      return problem ? t(`directory.${problem}`) : null
    },
    remark: field => remarkOn(report, field)?.[language] ?? null,
  }
  return {
    parts,
    change,
    send,
    ready: report?.dryRun === true && report.problems.length === 0 && !send.isPending,
    faulty: touched && problems.size > 0,
    submit: (dryRun: boolean) => {
      setTouched(true)
      if (problems.size === 0) send.mutate({ draft, dryRun })
    },
  }
}

function Form({ view, target, onClose }: { view: DirectoryView; target: FormTarget; onClose: () => void }) {
  const { t } = useTranslation()
  const { parts, change, send, ready, faulty, submit } = useDraft(view, target, onClose)
  const { draft } = parts
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        submit(!ready)
      }}
    >
      <Stack>
        <Text c="dimmed" fz="sm">
          {t('directory.formIntro')}
        </Text>
        <ClientPart {...parts} />
        <SitePart {...parts} />
        <Optional
          label={t('directory.legal')}
          on={draft.withLegal}
          onChange={withLegal => change({ ...draft, withLegal })}
        >
          <LegalPart {...parts} />
        </Optional>
        <Optional
          label={t('directory.terminal')}
          on={draft.withTerminal}
          onChange={withTerminal => change({ ...draft, withTerminal })}
        >
          <TerminalPart {...parts} />
        </Optional>
        {send.data ? <ImportPreview report={send.data} /> : null}
        {send.error ? <ErrorNotice thrown={send.error} /> : null}
        {faulty ? (
          <Text c="var(--tw-red)" fz="sm" role="alert">
            {t('directory.fixFirst')}
          </Text>
        ) : null}
        <Group justify="flex-end" className="tw-form-foot">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {ready ? t('directory.save') : t('directory.preview')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The one form for client, legal entity, site and terminal: check first, then save. */
export function DirectoryForm({
  view,
  target,
  onClose,
}: {
  view: DirectoryView
  target: FormTarget | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer opened={target !== null} onClose={onClose} position="right" size={640} title={t('directory.formTitle')}>
      {target ? <Form view={view} target={target} onClose={onClose} /> : null}
    </Drawer>
  )
}
