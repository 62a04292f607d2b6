import { Paper, Skeleton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Grey rows where a list is about to be. */
export function ListSkeleton({ rows = 6, height = 56 }: { rows?: number; height?: number }) {
  const { t } = useTranslation()
  return (
    <Paper p={0} aria-busy role="status" aria-label={t('common.loading')}>
      <Stack gap={0}>
        {Array.from({ length: rows }, (_, index) => (
          <div key={index} className="tw-skeleton-row" style={{ height }}>
            <Skeleton height={12} width="28%" />
            <Skeleton height={12} width="22%" />
            <Skeleton height={12} width="14%" />
          </div>
        ))}
      </Stack>
    </Paper>
  )
}

/** Grey shapes where a whole page is about to be. */
export function PageSkeleton() {
  return (
    <Stack gap="lg" p={{ base: 'md', sm: 'xl' }}>
      <Skeleton height={28} width={220} />
      <Skeleton height={72} radius="md" />
      <ListSkeleton />
    </Stack>
  )
}
