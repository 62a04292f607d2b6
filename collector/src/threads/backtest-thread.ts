import { workerData } from 'node:worker_threads'
import { type BacktestThreadData, createBacktestServices } from '../rulebook/backtest-service.ts'
import { serve } from './thread.ts'

/** One call into the thread of one backtest. */
export default serve(() => createBacktestServices(workerData as BacktestThreadData))
