import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ContractRow } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSaveContract } from '../../agreement-queries.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'

interface EndContractProps {
  readonly contract: ContractRow | null
  /** YYYY-MM-DD */
  readonly today: string
  readonly onClose: () => void
}

function EndForm({ contract, today, onClose }: EndContractProps & { readonly contract: ContractRow }) {
  const { t } = useTranslation()
  const [lastDay, setLastDay] = useState(contract.until ?? today)
  const end = useSaveContract(false, () => {
    notifications.show({ message: t('contracts.ended'), color: 'green' })
    onClose()
  })
  const early = contract.from !== null && lastDay < contract.from
  const { clientName: _, ...terms } = contract
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        end.mutate({ ...terms, until: lastDay })
      }}
    >
      <Stack>
        <Text fz="sm">{t('contracts.endText')}</Text>
        <TextInput
          type="date"
          label={t('contracts.until')}
          required
          data-autofocus
          value={lastDay}
          error={early ? t('contracts.faults.endsBefore') : null}
          onChange={event => setLastDay(event.currentTarget.value)}
        />
        {end.error ? <ErrorNotice thrown={end.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={lastDay === '' || early} loading={end.isPending}>
            {t('contracts.end')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Gives a contract its last day. */
export function EndContract({ contract, today, onClose }: EndContractProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={contract !== null}
      onClose={onClose}
      title={t('contracts.endTitle', { number: contract?.number ?? '' })}
    >
      {contract ? <EndForm contract={contract} today={today} onClose={onClose} /> : null}
    </Modal>
  )
}
