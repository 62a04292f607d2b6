import { Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import type { IncidentAction, IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nowMs } from '../../now.ts'
import { futureInstant, localInputValue, untilPreset } from '../../until.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { UntilField } from '../../widgets/until-field.tsx'
import { useAct } from './use-act.ts'

/** What asks for words before it is done. */
export type Dialog = 'solve' | 'reopen' | 'silence' | 'priority'
type Priority = IncidentView['priority']
const PRIORITIES: readonly Priority[] = [1, 2, 3, 4]
const TEXT_LENGTH_MAX = 4_000

interface DialogFormProps {
  readonly dialog: Dialog
  readonly incident: IncidentView
  readonly onClose: () => void
}

/** What a dialog would do with its fields, or null while they are not filled in. */
function actionOf(dialog: Dialog, text: string, until: string, priority: Priority): IncidentAction | null {
  const trimmed = text.trim()
  if (dialog === 'solve' || dialog === 'reopen') return { action: dialog, text: trimmed }
  if (trimmed === '') return null
  if (dialog === 'priority') return { action: 'priority', priority, reason: trimmed }
  const at = futureInstant(until, nowMs())
  return at ? { action: 'silence', until: at, reason: trimmed } : null
}

/** The fields of a dialog and the act that they lead to. */
export function DialogForm({ dialog, incident, onClose }: DialogFormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [until, setUntil] = useState(() => localInputValue(untilPreset('morning', new Date(nowMs()))))
  const [priority, setPriority] = useState<Priority>(incident.priority)
  const act = useAct(incident.id, onClose)
  const action = actionOf(dialog, text, until, priority)
  const labels = { solve: 'solveText', reopen: 'reopenText', silence: 'reason', priority: 'reason' } as const
  const verbs = { solve: 'solve', reopen: 'reopen', silence: 'silenceSet', priority: 'changePriority' } as const
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (action) act.mutate(action)
      }}
    >
      <Stack>
        {dialog === 'silence' ? (
          <UntilField
            label={t('incident.silenceField')}
            value={until}
            presets={['hour', 'morning', 'day', 'week']}
            onChange={setUntil}
          />
        ) : null}
        {dialog === 'priority' ? (
          <div>
            <Text fz="sm" fw={500} mb={4}>
              {t('incident.newPriority')}
            </Text>
            <SegmentedControl
              fullWidth
              orientation="vertical"
              aria-label={t('incident.newPriority')}
              value={String(priority)}
              onChange={value => setPriority(PRIORITIES.find(each => String(each) === value) ?? incident.priority)}
              data={PRIORITIES.map(each => ({ value: String(each), label: `${each} · ${t(`priority.p${each}`)}` }))}
            />
          </div>
        ) : null}
        <Textarea
          data-autofocus
          autosize
          minRows={3}
          maxRows={10}
          maxLength={TEXT_LENGTH_MAX}
          label={t(`incident.${labels[dialog]}`)}
          placeholder={t('incident.reasonPlaceholder')}
          description={dialog === 'solve' ? t('incident.solveHint') : null}
          required={dialog === 'silence' || dialog === 'priority'}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
        {act.error ? <ErrorNotice thrown={act.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!action} loading={act.isPending}>
            {t(`incident.${verbs[dialog]}`)}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
