import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTool } from '@tabler/icons-react'
import type { TerminalView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../session.ts'
import { WindowDialog } from '../maintenance/window-form.tsx'

/** Opens a maintenance window for the till or one register of it. */
export function MaintenanceButton({ view }: { view: TerminalView }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const [opened, dialog] = useDisclosure(false)
  const pc = view.items.find(({ kind }) => kind === 'pc')
  const registers = view.items.filter(({ kind }) => kind === 'register')
  const items = [
    ...(pc ? [{ value: pc.id, label: t('maintenance.wholeTerminal') }] : []),
    ...registers.map(({ id, title }) => ({ value: id, label: title })),
  ]
  if (!mayWork || items.length === 0) return null
  return (
    <>
      <Button variant="default" leftSection={<IconTool size={16} aria-hidden />} onClick={dialog.open}>
        {t('maintenance.title')}
      </Button>
      <WindowDialog opened={opened} onClose={dialog.close} items={items} />
    </>
  )
}
