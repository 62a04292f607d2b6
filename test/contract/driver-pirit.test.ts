import { driverContractOnPorts } from './driver-ports.ts'
import { pirit } from './profiles/pirit.ts'

driverContractOnPorts(pirit, ['tcp', 'serial'])
