import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { IncidentAction } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'

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
