import { playShard } from './weeks.ts'

playShard(7)
