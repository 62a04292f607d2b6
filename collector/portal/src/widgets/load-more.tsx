import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface LoadMoreProps {
  readonly shown: number
  readonly total: number
  readonly hasMore: boolean
  readonly loading: boolean
  readonly onMore: () => void
}

/** Foot of a long list: how much is shown, and the rest on request. */
export function LoadMore({ shown, total, hasMore, loading, onMore }: LoadMoreProps) {
  const { t } = useTranslation()
  return (
    <Group justify="center" gap="md" mt="sm">
      <Text c="dimmed" fz="sm" role="status">
        {t('common.shown', { shown, total })}
      </Text>
      {hasMore ? (
        <Button variant="default" size="sm" loading={loading} onClick={onMore}>
          {t('common.loadMore')}
        </Button>
      ) : null}
    </Group>
  )
}
