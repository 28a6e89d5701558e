// What an application on Relay declares; only relay-compiler reads it.
import { graphql } from 'relay-runtime';

graphql`
  query ConversationsQuery($id: ID!) {
    me { id ...Conversations_list }
    node(id: $id) { ...Conversations_messages @alias(as: "messages") }
  }
`;

graphql`
  fragment Conversations_list on User
  @refetchable(queryName: "ConversationsListQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 5 }, after: { type: "String" }) {
    conversations(first: $first, after: $after) @connection(key: "Conversations_conversations") {
      edges { node { id title ...Conversations_item } }
    }
  }
`;

graphql`
  fragment Conversations_item on Conversation
  @refetchable(queryName: "ConversationsItemQuery") {
    title
    updatedAt
    activeCompletion { id status }
  }
`;

graphql`
  fragment Conversations_messages on Conversation
  @refetchable(queryName: "ConversationsMessagesQuery")
  @argumentDefinitions(last: { type: "Int", defaultValue: 5 }, before: { type: "String" }) {
    messages(last: $last, before: $before) @connection(key: "Conversations_messages") {
      edges { node { id role content completion { id status } } }
    }
  }
`;

graphql`
  mutation ConversationsCreateMutation($input: CreateConversationInput!, $connections: [ID!]!) {
    createConversation(input: $input) {
      conversation @prependNode(connections: $connections, edgeTypeName: "ConversationEdge") { id ...Conversations_item }
      errors { code field message }
    }
  }
`;

graphql`
  mutation ConversationsDeleteMutation($input: DeleteConversationInput!) {
    deleteConversation(input: $input) { deletedConversationId @deleteRecord errors { code } }
  }
`;

graphql`
  subscription ConversationsEventsSubscription($id: ID!, $after: Int!) {
    completionEvents(id: $id, after: $after) {
      __typename
      ... on CompletionDelta { content offset }
      ... on CompletionFinished { completion { id status message { id content } } }
    }
  }
`;
