import { driverContractOnPorts } from './driver-ports.ts'
import { mitsu } from './profiles/mitsu.ts'

driverContractOnPorts(mitsu, ['tcp', 'serial'])
