import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { EmptyNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'

/** An address that no page has. */
export default function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('common.notFoundTitle')}>
      <EmptyNotice
        icon={IconMapOff}
        title={t('common.notFoundText')}
        text={t('common.notFoundNext')}
        action={
          <Button component={Link} href="/">
            {t('common.notFoundAction')}
          </Button>
        }
      />
    </Page>
  )
}
