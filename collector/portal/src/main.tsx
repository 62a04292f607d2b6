import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './styles/frame.css'
import './styles/lists.css'
import './styles/details.css'
import './styles/narrow.css'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { App } from './app.tsx'
import { startTexts } from './i18n/i18n.ts'

// The content security policy forbids code from strings; zod must not even try.
z.config({ jitless: true })

const root = document.getElementById('root')
if (root) void startTexts().then(() => createRoot(root).render(<App />))
