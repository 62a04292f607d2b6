import { Button, Menu, Modal } from '@mantine/core'
import { IconCheck, IconDots, IconHandStop, IconMessageQuestion, IconRotate } from '@tabler/icons-react'
import type { IncidentAction, IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nowMs } from '../../now.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import type { Dialog } from './dialog-action.ts'
import { DialogForm, useDialogWords } from './incident-dialog.tsx'
import { useAct } from './use-act.ts'

interface MoreProps {
  readonly incident: IncidentView
  readonly onAct: (action: IncidentAction) => void
  readonly onDialog: (dialog: Dialog) => void
}

/** What is done more rarely than taking, asking and solving. */
function More({ incident, onAct, onDialog }: MoreProps) {
  const { t } = useTranslation()
  const words = useDialogWords()
  const silenced = incident.silencedUntil !== null && Date.parse(incident.silencedUntil) > nowMs()
  const item = (dialog: Dialog) => (
    <Menu.Item key={dialog} onClick={() => onDialog(dialog)}>
      {words.title(dialog)}
    </Menu.Item>
  )
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px="xs" aria-label={t('incident.more')}>
          <IconDots size={18} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {item('assign')}
        {item('line')}
        {incident.status === 'waiting' ? null : item('pending')}
        <Menu.Divider />
        {item('priority')}
        {item('estimate')}
        {item('classify')}
        {incident.critical ? item('uncritical') : item('critical')}
        <Menu.Divider />
        {silenced ? (
          <Menu.Item onClick={() => onAct({ action: 'unsilence' })}>{t('incident.unsilence')}</Menu.Item>
        ) : (
          item('silence')
        )}
        {incident.pinned ? (
          <Menu.Item onClick={() => onAct({ action: 'unpin' })}>{t('work.verbs.unpin')}</Menu.Item>
        ) : (
          item('pin')
        )}
        {item('discard')}
      </Menu.Dropdown>
    </Menu>
  )
}

/** What may be done with an incident in its present status. */
export function IncidentActions({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const words = useDialogWords()
  const { me, mayWork } = useMe()
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const act = useAct(incident.id, () => undefined)
  if (!mayWork) return null
  const { status } = incident
  const ended = status === 'solved' || status === 'closed'
  const mine = incident.assignee === me.name && status !== 'open'
  return (
    <>
      {!ended && !mine ? (
        <Button
          variant={status === 'waiting' ? 'default' : 'filled'}
          leftSection={<IconHandStop size={16} aria-hidden />}
          loading={act.isPending}
          onClick={() => act.mutate({ action: 'take' })}
        >
          {t('incident.take')}
        </Button>
      ) : null}
      {status === 'in_work' || status === 'waiting' ? (
        <Button
          variant={status === 'waiting' ? 'filled' : 'default'}
          leftSection={<IconMessageQuestion size={16} aria-hidden />}
          onClick={() => setDialog(status === 'waiting' ? 'answer' : 'wait')}
        >
          {words.title(status === 'waiting' ? 'answer' : 'wait')}
        </Button>
      ) : null}
      {ended ? (
        <Button leftSection={<IconRotate size={16} aria-hidden />} onClick={() => setDialog('reopen')}>
          {t('incident.reopen')}
        </Button>
      ) : (
        <Button
          variant={mine && status === 'in_work' ? 'filled' : 'default'}
          leftSection={<IconCheck size={16} aria-hidden />}
          onClick={() => setDialog('solve')}
        >
          {t('incident.solve')}
        </Button>
      )}
      {status === 'solved' ? (
        <Button variant="default" onClick={() => setDialog('close')}>
          {words.title('close')}
        </Button>
      ) : null}
      {ended ? null : <More incident={incident} onAct={action => act.mutate(action)} onDialog={setDialog} />}
      <Modal opened={dialog !== null} onClose={() => setDialog(null)} title={dialog ? words.title(dialog) : ''}>
        {dialog ? <DialogForm dialog={dialog} incident={incident} onClose={() => setDialog(null)} /> : null}
      </Modal>
      {act.error ? <ErrorNotice thrown={act.error} /> : null}
    </>
  )
}
