import { Text } from '@mantine/core'

/** Mark and name of the product. */
export function Brand() {
  return (
    <span className="tw-brand">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <Text span fw={650} fz="lg" translate="no">
        Tillwatch
      </Text>
    </span>
  )
}
