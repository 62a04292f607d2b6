import { Badge } from '@mantine/core'
import type { DeliveryRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

const COLORS = {
  waiting: 'gray',
  unknown: 'yellow',
  delivered: 'green',
  failed: 'red',
  skipped: 'gray',
  dry_run: 'gray',
} as const satisfies Record<DeliveryRow['state'], string>

/** What became of a message to a desk. */
export function DeliveryBadge({ state }: { state: DeliveryRow['state'] }) {
  const { t } = useTranslation()
  return (
    <Badge variant="light" color={COLORS[state]} tt="none" fw={500}>
      {t(`incident.delivery.${state}`)}
    </Badge>
  )
}
