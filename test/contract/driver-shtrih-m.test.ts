import { driverContractOnPorts } from './driver-ports.ts'
import { shtrihM } from './profiles/shtrih-m.ts'

driverContractOnPorts(shtrihM, ['tcp', 'serial'])
