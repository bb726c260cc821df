/** Why a request may not wait: its tenant, or all tenants, have as much waiting as they may. */
const ROOM_REFUSALS = ['tenant-full', 'room-full'] as const;
export type RoomRefusal = (typeof ROOM_REFUSALS)[number];

/** Why the line takes a request no more, or gives it up: no slot would be free by its deadline, or none was. */
export const LINE_REFUSALS = [...ROOM_REFUSALS, 'late', 'expired'] as const;
export type LineRefusal = (typeof LINE_REFUSALS)[number];
