import { Button, Menu, Modal } from '@mantine/core'
import { IconBell, IconBellOff, IconCheck, IconDots, IconFlag, IconHandStop, IconRotate } from '@tabler/icons-react'
import type { IncidentView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nowMs } from '../../now.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { type Dialog, DialogForm } from './incident-dialog.tsx'
import { useAct } from './use-act.ts'

const TITLES = { solve: 'solve', reopen: 'reopen', silence: 'silenceSet', priority: 'changePriority' } as const

interface MoreProps {
  readonly silenced: boolean
  readonly onUnsilence: () => void
  readonly onDialog: (dialog: Dialog) => void
}

function More({ silenced, onUnsilence, onDialog }: MoreProps) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px="xs" aria-label={t('incident.more')}>
          <IconDots size={18} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {silenced ? (
          <Menu.Item leftSection={<IconBell size={16} aria-hidden />} onClick={onUnsilence}>
            {t('incident.unsilence')}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconBellOff size={16} aria-hidden />} onClick={() => onDialog('silence')}>
            {t('incident.silence')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconFlag size={16} aria-hidden />} onClick={() => onDialog('priority')}>
          {t('incident.changePriority')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
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
        <More silenced={silenced} onUnsilence={() => act.mutate({ action: 'unsilence' })} onDialog={setDialog} />
      )}
      <Modal
        opened={dialog !== null}
        onClose={() => setDialog(null)}
        title={dialog ? t(`incident.${TITLES[dialog]}`) : ''}
      >
        {dialog ? <DialogForm dialog={dialog} incident={incident} onClose={() => setDialog(null)} /> : null}
      </Modal>
      {act.error ? <ErrorNotice thrown={act.error} /> : null}
    </>
  )
}
