package io.speicher.client;

/**
 * A value and its version, which every change of the item replaces.
 *
 * @param version greater than zero; it says nothing about order
 */
public record Versioned<V>(V value, long version) {}
