// What is compared in a page: our switch, isolated or not, and a hub in JavaScript.

export interface Subject {
  readonly name: string;
  readonly design: string;
  readonly isolated: boolean;
}

export const SWITCH_AND_HUB: readonly Subject[] = [
  { name: "etherloom, isolated page", design: "switch", isolated: true },
  { name: "etherloom", design: "switch", isolated: false },
  { name: "hub in the page", design: "hub", isolated: false },
];
