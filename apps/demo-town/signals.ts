import { parisClock } from './clock.ts';
import { clamp, type Readings } from './devices/type.ts';
import type { DemoDevice } from './fleet.ts';
import { noiseOf, smoothNoise } from './random.ts';
import { fillPercentAt } from './waste.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Counters of the demonstration began here. */
const installed = Date.UTC(2026, 0, 5);

/** Weather of the town: °C outside, percent of humidity, m/s of wind, rain as a share from 0 to 1. */
export function weatherAt(at: number) {
	const { hours, dayOfYear } = parisClock(at);
	const fronts = smoothNoise('fronts', at / (2.7 * day));
	const rain = clamp(smoothNoise('pluie', at / (0.35 * day)) * 1.6 + fronts - 1.1, 0, 1);
	const season = 11.8 - 8.6 * Math.cos(((dayOfYear - 20) / 365) * 2 * Math.PI);
	const sun = Math.sin(((hours - 9) / 24) * 2 * Math.PI) * (4.2 - 2.4 * Math.max(0, fronts));
	const temperature = season + sun + fronts * 3.2 + smoothNoise('air', at / (5 * hour)) * 0.8;
	const humidity = clamp(72 - sun * 4 + fronts * 10 + rain * 18, 28, 100);
	const wind = Math.max(0.2, 2.4 + fronts * 1.8 + smoothNoise('vent', at / (2 * hour)) * 1.6);
	return { temperature, humidity, wind, rain, fronts };
}

/** Share from 0 to 1 of a bell that is high between two hours of the day. */
function between(hours: number, from: number, to: number, soft = 0.4): number {
	const up = 1 / (1 + Math.exp(-(hours - from) / (soft / 3)));
	const down = 1 / (1 + Math.exp((hours - to) / (soft / 3)));
	return up * down;
}

/** School holidays of the demonstration year, as days of the year: winter, spring, summer, autumn, Christmas. */
const holidays = [
	[0, 4],
	[44, 60],
	[100, 116],
	[185, 243],
	[290, 306],
	[353, 366],
] as const;

/** How full a building of this kind is, from 0 to 1. */
export function occupancyAt(kind: string, at: number): number {
	const { hours, weekday, dayOfYear } = parisClock(at);
	const workday = weekday >= 1 && weekday <= 5;
	const holiday = holidays.some(([from, to]) => dayOfYear >= from && dayOfYear < to);
	switch (kind) {
		case 'school':
		case 'college':
			if (!workday || holiday || (weekday === 3 && kind === 'school')) return 0;
			return between(hours, 8.4, 16.5) * (1 - 0.7 * between(hours, 12, 13.4));
		case 'nursery':
			return workday ? between(hours, 7.8, 18.2) * 0.9 : 0;
		case 'swimming_pool':
			if (weekday === 3 || weekday === 6) return between(hours, 10, 18.5) * 0.9;
			if (weekday === 0) return between(hours, 9, 13) * 0.8;
			return between(hours, 12, 14) * 0.5 + between(hours, 17, 20.5) * 0.75;
		case 'gym':
		case 'stadium':
			return workday
				? between(hours, 17, 21.5) * 0.8 + between(hours, 9, 16) * (holiday ? 0.1 : 0.45)
				: between(hours, 9, 18) * 0.7;
		case 'theatre':
			return weekday >= 4 && weekday <= 6 ? between(hours, 19.5, 23) * 0.85 : 0.03;
		case 'library':
			return weekday === 3 || weekday === 6
				? between(hours, 10, 18) * 0.8
				: workday
					? between(hours, 14, 18.5) * 0.5
					: 0;
		case 'market':
			return weekday === 3 || weekday === 6 ? between(hours, 7.6, 13) : between(hours, 8, 19) * 0.12;
		default:
			return workday
				? between(hours, 8.5, 17.6) * (1 - 0.45 * between(hours, 12, 13.6))
				: weekday === 6
					? between(hours, 9, 12) * 0.25
					: 0;
	}
}

/** Sum over the weeks since installation of a weekly amount spread by occupancy: counters that never go back. */
function counted(kind: string, weekly: number, at: number): number {
	const since = Math.max(0, at - installed);
	const weeks = Math.floor(since / (7 * day));
	const start = installed + weeks * 7 * day;
	const shares = weekShares(kind);
	const hoursIn = (at - start) / hour;
	const whole = clamp(Math.floor(hoursIn), 0, 167);
	const upTo = (shares[whole] ?? 1) + ((shares[whole + 1] ?? 1) - (shares[whole] ?? 1)) * (hoursIn - whole);
	return weekly * (weeks + upTo);
}

const shareCache = new Map<string, number[]>();

/** Share of a usual week's visits that have come by each hour; from an ordinary week of November. */
function weekShares(kind: string): number[] {
	const known = shareCache.get(kind);
	if (known) return known;
	const monday = Date.UTC(2026, 10, 16);
	const shares = [0];
	for (let h = 0; h < 168; h++)
		shares.push((shares.at(-1) ?? 0) + occupancyAt(kind, monday + h * hour) + 0.001);
	const total = shares.at(-1) ?? 1;
	const normal = shares.map((share) => share / total);
	shareCache.set(kind, normal);
	return normal;
}

function batteryPercent(device: DemoDevice, at: number): number {
	const start = device.fault === 'low battery' ? 24 : 72 + noiseOf(device.identifier) * 28;
	return clamp(start - ((at - installed) / (365 * day)) * (device.fault === 'low battery' ? 16 : 9), 3, 100);
}

/** Heating of a room: warm when used, low at night; one classroom of the Forges school stays cold. */
function roomAt(device: DemoDevice, at: number) {
	const weather = weatherAt(at);
	const used = occupancyAt(device.placeKind, at);
	const { hours, weekday } = parisClock(at);
	const heated = weekday >= 1 && weekday <= 5 ? between(hours, 6.2, 18, 1) : 0.15;
	const faulty = device.room === 'lieu-025 Classe 3';
	const target = faulty ? 15.4 : 16.4 + 3.8 * heated;
	const pool = device.placeKind === 'swimming_pool' ? 7 : 0;
	const free = weather.temperature + 3;
	const base = Math.max(target + pool, free > 24 ? free - 3 : target + pool);
	const temperature = base + used * 1.1 + smoothNoise(device.room, at / (3 * hour)) * 0.4;
	return {
		temperature,
		target: faulty ? 20 : Math.round(16 + 4 * heated),
		valve: clamp(
			(faulty ? 100 : 0) +
				(15 - weather.temperature) * 5 * heated +
				smoothNoise(`${device.room} valve`, at / hour) * 8,
			0,
			100,
		),
		humidity: clamp(45 + weather.fronts * 6 + used * 8 + pool * 2.5, 20, 95),
		used,
	};
}

/**
 * What the device measures at an instant, by its codec's field names: the same for the same device and instant.
 * @param emptiedAt when somebody last emptied the container it watches; fixed rounds do where nobody says so
 */
export function readingsAt(device: DemoDevice, at: number, emptiedAt?: number): Readings {
	const moment = device.fault === 'frozen' ? Math.min(at, Date.UTC(2026, 10, 12)) : at;
	const battery = batteryPercent(device, at);
	const jitter = (name: string, size: number) =>
		(noiseOf(device.identifier + name, Math.floor(moment / 60_000)) - 0.5) * 2 * size;
	const weather = weatherAt(moment);
	switch (device.model) {
		case 'em300Th': {
			const sunny = device.name.startsWith('Au soleil') || device.name.startsWith('Abri') ? 1.6 : 0;
			const { hours } = parisClock(moment);
			return {
				battery,
				temperature: weather.temperature + sunny * between(hours, 10, 18, 2) + jitter('t', 0.2),
				humidity: clamp(weather.humidity + jitter('h', 2), 15, 100),
			};
		}
		case 'em300Sld':
			return {
				battery,
				temperature: 16 + jitter('t', 0.4),
				humidity: 55 + jitter('h', 3),
				leakage_status: 0,
			};
		case 'em500Pt100':
			return {
				battery,
				temperature:
					(device.name.startsWith('Pata') ? 31.2 : 27.4) +
					smoothNoise(device.identifier, moment / (7 * hour)) * 0.5,
			};
		case 'vs133': {
			const weekly =
				device.placeKind === 'market'
					? 5200
					: device.placeKind === 'swimming_pool'
						? 2600
						: 900 + noiseOf(device.identifier) * 900;
			const total = counted(device.placeKind, weekly, moment);
			const before = counted(device.placeKind, weekly, moment - device.intervalSeconds * 1000);
			return {
				total_in: Math.floor(total),
				total_out: Math.floor(counted(device.placeKind, weekly, moment - 0.7 * hour)),
				period_in: Math.max(0, Math.floor(total) - Math.floor(before)),
				period_out: Math.max(0, Math.round((total - before) * 0.9)),
			};
		}
		case 'ldds75': {
			const level = clamp(fillPercentAt(device, moment, emptiedAt) + jitter('l', 0.8), 0, 101);
			const height = device.parameters.heightMillimeters ?? 1700;
			return {
				Bat: 2.6 + battery / 100,
				Distance: Math.max(281, Math.round(height * (1.17 - level / 100))),
			};
		}
		case 'lht65n': {
			const room = roomAt(device, moment);
			return {
				BatV: 2.4 + (battery / 100) * 0.6,
				TempC_SHT: room.temperature + jitter('t', 0.05),
				Hum_SHT: room.humidity + jitter('h', 1),
			};
		}
		case 'ersCo2': {
			const room = roomAt(device, moment);
			const people = room.used * (0.6 + noiseOf(device.identifier) * 0.6);
			const { hours } = parisClock(moment);
			return {
				temperature: room.temperature + jitter('t', 0.1),
				humidity: room.humidity + jitter('h', 1),
				light: Math.max(0, Math.round(people * 380 + between(hours, 8, 18, 2) * 90 + jitter('l', 20))),
				motion: people > 0.1 ? Math.round(people * 20) : 0,
				co2: Math.round(425 + people * 720 + jitter('c', 18)),
				vdd: 3000 + battery * 6,
			};
		}
		case 'tbms100': {
			const room = roomAt(device, moment);
			const present = room.used * 0.8 > noiseOf(device.identifier, Math.floor(moment / (30 * 60_000)));
			return {
				mot_motionst: present ? 1 : 0,
				battery_volt: 2.5 + (battery / 100) * 1.1,
				temperature: room.temperature,
				mot_times: present ? 0 : 35,
				mot_counts: Math.floor(counted(device.placeKind, 400, moment)) % 65_536,
			};
		}
		case 'dlCtd10': {
			const river = device.placeKind === 'river';
			const recent = [0, 6, 12, 24, 36].reduce((sum, h) => sum + weatherAt(moment - h * hour).rain, 0) / 5;
			const { hours } = parisClock(moment);
			const depth = river
				? 840 + recent * 900 + smoothNoise('orle', moment / (6 * day)) * 180
				: 1500 + between(hours, 6.5, 9, 1) * 420 + between(hours, 18.5, 22, 1) * 360 + recent * 500;
			return {
				water_depth: depth + jitter('d', 6),
				temperature: clamp(weather.temperature * 0.55 + 5.5, 1, 24),
				electrical_conductivity: Math.round(420 - recent * 120 + jitter('e', 8)),
				battery_voltage: 2.3 + (battery / 100) * 0.8,
			};
		}
		case 'dlAtm22':
			return {
				wind_speed: weather.wind + Math.abs(jitter('w', 0.3)),
				wind_direction: (230 + weather.fronts * 70 + jitter('d', 12) + 360) % 360,
				maximum_wind_speed: weather.wind * 1.7 + Math.abs(jitter('g', 0.8)),
				air_temperature: weather.temperature + jitter('t', 0.1),
				battery_voltage: 2.3 + (battery / 100) * 0.8,
			};
		case 'vicki': {
			const room = roomAt(device, moment);
			return {
				targetTemperature: room.target,
				sensorTemperature: room.temperature + jitter('t', 0.1),
				relativeHumidity: room.humidity,
				valveOpenness: room.valve,
				batteryVoltage: 2 + (battery / 100) * 1.5,
			};
		}
		case 'em2101': {
			const size = 2200 + noiseOf(device.identifier) * 5200;
			const used = occupancyAt(device.placeKind, moment);
			const idle = size * 0.16;
			const weekly = size * 0.84 * 42;
			return {
				activeEnergyImportL1T1: Math.floor(
					120_000 + ((moment - installed) / hour) * idle + counted(device.placeKind, weekly, moment),
				),
				voltageL1N: 231 + smoothNoise(device.identifier, moment / (4 * hour)) * 4,
				activePowerL1: Math.round(idle + size * 0.84 * used + jitter('p', size * 0.03)),
			};
		}
		case 'barrier': {
			const { hours, weekday } = parisClock(moment);
			const market = weekday === 3 || weekday === 6 ? between(hours, 8.5, 12.5) * 0.35 : 0;
			const work = weekday === 0 ? 0.2 * between(hours, 10, 18) : between(hours, 8.5, 18.5, 1.5) * 0.62;
			const evening = between(hours, 19, 23) * 0.25;
			const share = clamp(
				0.12 + work + market + evening + smoothNoise(device.identifier, moment / hour) * 0.07,
				0.02,
				1,
			);
			const occupied = Math.round(device.capacity * share);
			return { free: device.capacity - occupied, occupied };
		}
		case 'cabinet': {
			const { hours, dayOfYear } = parisClock(moment);
			const halfNight = 4.05 + 1.75 * Math.cos(((dayOfYear - 355) / 365) * 2 * Math.PI) + 2.2;
			const night = hours < halfNight || hours > 24 - halfNight + 1;
			const level = !night ? 0 : hours > 23 || hours < 5.5 ? 30 : 100;
			return {
				level,
				watts: Math.round(device.capacity * 38 * (level / 100) + (level ? 12 : 4) + jitter('w', 3)),
			};
		}
	}
}
