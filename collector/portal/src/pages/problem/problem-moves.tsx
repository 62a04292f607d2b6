import { Button, Group, Menu, Modal, Stack, Textarea } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ProblemStatus, ProblemView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'

interface MoveFormProps {
  readonly problemId: string
  readonly status: ProblemStatus
  readonly onClose: () => void
}

function MoveForm({ problemId, status, onClose }: MoveFormProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const act = useProblemAct(problemId, onClose)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        act.mutate({ action: 'move', status, reason: reason.trim() })
      }}
    >
      <Stack>
        <Textarea
          data-autofocus
          autosize
          minRows={2}
          maxLength={4_000}
          label={t('problemBook.reason')}
          required={status === 'rejected'}
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
        {act.error ? <ErrorNotice thrown={act.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {t(`problemBook.move.${status}`)}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Where a problem may go from here, each way with a remark. */
export function ProblemMoves({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const [chosen, setChosen] = useState<ProblemStatus | null>(null)
  if (!mayWork) return null
  const close = () => setChosen(null)
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} aria-hidden />}>{t('problemBook.moveTo')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {problem.nextStatuses.map(status => (
            <Menu.Item key={status} onClick={() => setChosen(status)}>
              {t(`problemBook.move.${status}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={chosen !== null} onClose={close} title={chosen ? t(`problemBook.move.${chosen}`) : ''}>
        {chosen ? <MoveForm problemId={problem.id} status={chosen} onClose={close} /> : null}
      </Modal>
    </>
  )
}
