import { Text, VisuallyHidden } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconHelpCircleFilled,
} from '@tabler/icons-react'
import type { FleetRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

type Health = FleetRow['health']

const ICONS = {
  red: IconCircleXFilled,
  yellow: IconAlertTriangleFilled,
  green: IconCircleCheckFilled,
  grey: IconHelpCircleFilled,
} as const

interface HealthMarkProps {
  readonly health: Health
  readonly withText?: boolean
  /** What it means here; the common word for the health when left out. */
  readonly text?: string
}

/** Health by colour and by shape, so that it is read without colours too. */
export function HealthMark({ health, withText = false, text }: HealthMarkProps) {
  const { t } = useTranslation()
  const Icon = ICONS[health]
  const words = text ?? t(`health.${health}`)
  return (
    <span className="tw-health" data-health={health} title={words}>
      <Icon size={18} aria-hidden />
      {withText ? (
        <Text span fz="sm" fw={500} className="tw-wrap">
          {words}
        </Text>
      ) : (
        <VisuallyHidden>{words}</VisuallyHidden>
      )}
    </span>
  )
}
