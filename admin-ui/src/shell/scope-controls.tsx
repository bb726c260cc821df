import { LiveSwitch } from './live-switch';
import { TenantPicker } from './tenant-picker';
import { TimeRangePicker } from './time-range-picker';

/** What pages are narrowed to, and whether they go on: in the header, or in the menu of a phone, whose header has no room. */
export function ScopeControls() {
  return (
    <>
      <TenantPicker />
      <TimeRangePicker />
      <LiveSwitch />
    </>
  );
}
