import { Button, Group, Menu, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBell, IconBellOff, IconCheck, IconDots, IconFlag, IconHandStop, IconRotate } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { IncidentAction, IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { nowMs } from '../../now.ts'
import { useMe } from '../../session.ts'
import { futureInstant, localInputValue, untilPreset } from '../../until.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { UntilField } from '../../widgets/until-field.tsx'

type Dialog = 'solve' | 'reopen' | 'silence' | 'priority'
type Priority = IncidentView['priority']
const PRIORITIES: readonly Priority[] = [1, 2, 3, 4]
const TEXT_LENGTH_MAX = 4_000

/** One act on an incident; its page and every list ask again afterwards. */
export function useAct(incidentId: string, onDone: () => void) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (action: IncidentAction) => api.act(incidentId, action),
    onSuccess: (_, action) => {
      notifications.show({ message: t(`incident.done.${action.action}`), color: 'green' })
      for (const key of ['incident', 'incidents', 'summary', 'fleet', 'terminal']) {
        void queryClient.invalidateQueries({ queryKey: [key] })
      }
      onDone()
    },
  })
}

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

function DialogForm({ dialog, incident, onClose }: DialogFormProps) {
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

/** What may be done with an incident in its present status. */
export function IncidentActions({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const { me, mayWork } = useMe()
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const act = useAct(incident.id, () => undefined)
  if (!mayWork) return null
  const ended = incident.status === 'solved' || incident.status === 'closed'
  const mine = incident.assignee === me.name && incident.status === 'in_work'
  const silenced = incident.silencedUntil !== null && Date.parse(incident.silencedUntil) > nowMs()
  const titles = { solve: 'solve', reopen: 'reopen', silence: 'silenceSet', priority: 'changePriority' } as const
  return (
    <>
      {!ended && !mine ? (
        <Button
          leftSection={<IconHandStop size={16} aria-hidden />}
          loading={act.isPending}
          onClick={() => act.mutate({ action: 'take' })}
        >
          {t('incident.take')}
        </Button>
      ) : null}
      {ended ? (
        <Button leftSection={<IconRotate size={16} aria-hidden />} onClick={() => setDialog('reopen')}>
          {t('incident.reopen')}
        </Button>
      ) : (
        <Button
          variant={mine ? 'filled' : 'default'}
          leftSection={<IconCheck size={16} aria-hidden />}
          onClick={() => setDialog('solve')}
        >
          {t('incident.solve')}
        </Button>
      )}
      {ended ? null : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px="xs" aria-label={t('incident.more')}>
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {silenced ? (
              <Menu.Item
                leftSection={<IconBell size={16} aria-hidden />}
                onClick={() => act.mutate({ action: 'unsilence' })}
              >
                {t('incident.unsilence')}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconBellOff size={16} aria-hidden />} onClick={() => setDialog('silence')}>
                {t('incident.silence')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconFlag size={16} aria-hidden />} onClick={() => setDialog('priority')}>
              {t('incident.changePriority')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Modal
        opened={dialog !== null}
        onClose={() => setDialog(null)}
        title={dialog ? t(`incident.${titles[dialog]}`) : ''}
      >
        {dialog ? <DialogForm dialog={dialog} incident={incident} onClose={() => setDialog(null)} /> : null}
      </Modal>
      {act.error ? <ErrorNotice thrown={act.error} /> : null}
    </>
  )
}
