import { Button, Group, Stack, Textarea } from '@mantine/core'
import type { IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nowMs } from '../../now.ts'
import { localInputValue, untilPreset } from '../../until.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { actionOf, type Dialog, draftOf } from './dialog-action.ts'
import { DialogFields } from './dialog-fields.tsx'
import { useAct } from './use-act.ts'

const TEXT_LENGTH_MAX = 4_000

interface DialogFormProps {
  readonly dialog: Dialog
  readonly incident: IncidentView
  readonly onClose: () => void
}

/** How the words of a dialog are called; null: it asks for none. */
export function useDialogWords() {
  const { t } = useTranslation()
  const label = (dialog: Dialog): string | null => {
    switch (dialog) {
      case 'assign':
      case 'estimate':
      case 'classify':
        return null
      case 'solve':
        return t('incident.solveText')
      case 'reopen':
        return t('incident.reopenText')
      case 'wait':
        return t('work.fields.question')
      case 'answer':
        return t('work.fields.answer')
      case 'pending':
      case 'close':
        return t('work.fields.note')
      default:
        return t('incident.reason')
    }
  }
  const title = (dialog: Dialog): string => {
    if (dialog === 'solve' || dialog === 'reopen') return t(`incident.${dialog}`)
    if (dialog === 'silence') return t('incident.silenceSet')
    if (dialog === 'priority') return t('incident.changePriority')
    return t(`work.verbs.${dialog}`)
  }
  return { label, title }
}

const OPTIONAL: ReadonlySet<Dialog> = new Set<Dialog>(['solve', 'reopen', 'pending', 'close'])

/** The fields of a dialog and the act that they lead to. */
export function DialogForm({ dialog, incident, onClose }: DialogFormProps) {
  const { t } = useTranslation()
  const words = useDialogWords()
  const [draft, setDraft] = useState(() => {
    const morning = localInputValue(untilPreset('morning', new Date(nowMs())))
    return draftOf(incident, dialog === 'silence' ? morning : '')
  })
  const act = useAct(incident.id, onClose)
  const action = actionOf(dialog, draft, nowMs())
  const label = words.label(dialog)
  const change = (part: Partial<typeof draft>) => setDraft(before => ({ ...before, ...part }))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (action) act.mutate(action)
      }}
    >
      <Stack>
        <DialogFields dialog={dialog} draft={draft} onChange={change} />
        {label === null ? null : (
          <Textarea
            data-autofocus
            autosize
            minRows={3}
            maxRows={10}
            maxLength={TEXT_LENGTH_MAX}
            label={label}
            placeholder={t('incident.reasonPlaceholder')}
            description={dialog === 'solve' ? t('incident.solveHint') : null}
            required={!OPTIONAL.has(dialog)}
            value={draft.text}
            onChange={event => change({ text: event.currentTarget.value })}
          />
        )}
        {act.error ? <ErrorNotice thrown={act.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!action} loading={act.isPending}>
            {words.title(dialog)}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
