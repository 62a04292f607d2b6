import { Text, VisuallyHidden } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconHelpCircleFilled,
} from '@tabler/icons-react'
import type { FleetRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

export type Health = FleetRow['health']

const ICONS = {
  red: IconCircleXFilled,
  yellow: IconAlertTriangleFilled,
  green: IconCircleCheckFilled,
  grey: IconHelpCircleFilled,
} as const

/** Health by colour and by shape, so that it is read without colours too. */
export function HealthMark({ health, withText = false }: { health: Health; withText?: boolean }) {
  const { t } = useTranslation()
  const Icon = ICONS[health]
  return (
    <span className="tw-health" data-health={health} title={t(`health.${health}`)}>
      <Icon size={18} aria-hidden />
      {withText ? (
        <Text span fz="sm" fw={500}>
          {t(`health.${health}`)}
        </Text>
      ) : (
        <VisuallyHidden>{t(`health.${health}`)}</VisuallyHidden>
      )}
    </span>
  )
}
