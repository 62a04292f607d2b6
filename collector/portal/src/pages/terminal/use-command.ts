import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { AgentCommand } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'

/** Gives one command to an agent; what is shown of its commands asks again afterwards. */
export function useCommand(agentId: string, onDone: () => void = () => undefined) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (command: AgentCommand) => api.giveCommand(agentId, command),
    onSuccess: () => {
      notifications.show({ message: t('commands.given'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['commands', agentId] })
      onDone()
    },
  })
}
